CREATE TABLE `environments` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`variables` text NOT NULL,
	`revision` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `environments_of_project` ON `environments` (`project_id`,`name`) WHERE project_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `environments_of_all` ON `environments` (`name`) WHERE project_id is null;--> statement-breakpoint
CREATE INDEX `environments_by_name` ON `environments` (`name`,`id`);--> statement-breakpoint
CREATE TABLE `secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`sealed` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `secrets_of_project` ON `secrets` (`project_id`,`name`) WHERE project_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `secrets_of_all` ON `secrets` (`name`) WHERE project_id is null;--> statement-breakpoint
CREATE INDEX `secrets_by_name` ON `secrets` (`name`,`id`);