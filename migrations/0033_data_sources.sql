CREATE TABLE `data_sources` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`kind` text NOT NULL,
	`settings` text NOT NULL,
	`secrets` text NOT NULL,
	`revision` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `data_sources_of_project` ON `data_sources` (`project_id`,`name`) WHERE project_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `data_sources_of_all` ON `data_sources` (`name`) WHERE project_id is null;--> statement-breakpoint
CREATE INDEX `data_sources_by_name` ON `data_sources` (`name`,`id`);