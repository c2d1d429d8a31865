-- What clients of the registry put there, the record of its changes, and how far each subscriber has heard of them.
CREATE TABLE `registry_data` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`kind` text NOT NULL,
	`client_id` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `registry_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `registry_data_client` ON `registry_data` (`client_id`);--> statement-breakpoint
CREATE TABLE `registry_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`client_id` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `registry_subscribers` (
	`client_id` text NOT NULL,
	`path` text NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`last_event_id` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`client_id`, `path`, `name`),
	FOREIGN KEY (`client_id`) REFERENCES `registry_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `registry_clients` ADD `session` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `registry_clients` ADD `settled_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `registry_clients_settled` ON `registry_clients` (`settled_at`);--> statement-breakpoint
CREATE INDEX `registry_clients_timeout` ON `registry_clients` (`session_timeout_ms`);--> statement-breakpoint
CREATE INDEX `registry_clients_name` ON `registry_clients` (`kind`,`name`);