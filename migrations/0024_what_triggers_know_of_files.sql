CREATE TABLE `trigger_things` (
	`trigger_id` text NOT NULL,
	`key` text NOT NULL,
	`seen_at` integer NOT NULL,
	`known_from` integer NOT NULL,
	PRIMARY KEY(`trigger_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `trigger_things_seen` ON `trigger_things` (`seen_at`);--> statement-breakpoint
CREATE TABLE `trigger_watchers` (
	`trigger_id` text NOT NULL,
	`watcher` text NOT NULL,
	`since` integer NOT NULL,
	`number` integer NOT NULL,
	`first_at` integer,
	`looked_at` integer NOT NULL,
	`problem` text,
	PRIMARY KEY(`trigger_id`, `watcher`)
);
--> statement-breakpoint
CREATE INDEX `trigger_watchers_looked` ON `trigger_watchers` (`looked_at`);