-- Events of no project, such as a worker's. SQLite cannot take NOT NULL from a column, so the table is made anew; the
-- numbers of the events stay, and the next one follows them.
CREATE TABLE `__new_events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` text NOT NULL,
	`project_id` text,
	`workflow_instance_id` text,
	`task_instance_id` text,
	`at` integer NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_events`("seq", "type", "project_id", "workflow_instance_id", "task_instance_id", "at", "data") SELECT "seq", "type", "project_id", "workflow_instance_id", "task_instance_id", "at", "data" FROM `events`;--> statement-breakpoint
DROP TABLE `events`;--> statement-breakpoint
ALTER TABLE `__new_events` RENAME TO `events`;--> statement-breakpoint
CREATE INDEX `events_run` ON `events` (`workflow_instance_id`,`seq`);
