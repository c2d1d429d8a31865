-- Worker groups that somebody has declared, what workers weigh in them, and how long their queues are.
CREATE TABLE `worker_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`policy` text NOT NULL,
	`workers` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `worker_groups_name_unique` ON `worker_groups` (`name`);--> statement-breakpoint
ALTER TABLE `workers` ADD `weight` real DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `task_instances_queued` ON `task_instances` (`worker_group`,`type`,`task_group`,`group_slot`,`group_forced`) WHERE state = 'submitted';