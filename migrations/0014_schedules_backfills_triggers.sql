CREATE TABLE `backfill_items` (
	`backfill_id` text NOT NULL,
	`position` integer NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`version` integer NOT NULL,
	`level` integer NOT NULL,
	`business_time` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`workflow_instance_id` text,
	`tries` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	PRIMARY KEY(`backfill_id`, `position`),
	FOREIGN KEY (`backfill_id`) REFERENCES `backfills`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `backfill_items_once` ON `backfill_items` (`workflow_id`,`version`,`business_time`) WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX `backfill_items_state` ON `backfill_items` (`backfill_id`,`state`,`position`);--> statement-breakpoint
CREATE INDEX `backfill_items_time` ON `backfill_items` (`backfill_id`,`business_time`,`workflow_id`);--> statement-breakpoint
CREATE INDEX `backfill_items_run` ON `backfill_items` (`workflow_instance_id`) WHERE workflow_instance_id is not null;--> statement-breakpoint
CREATE TABLE `backfills` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`schedule_id` text,
	`description` text NOT NULL,
	`members` text NOT NULL,
	`start` text NOT NULL,
	`order` text NOT NULL,
	`parallelism` integer NOT NULL,
	`state` text NOT NULL,
	`revision` integer NOT NULL,
	`items` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `backfills_project` ON `backfills` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `backfills_workflow` ON `backfills` (`workflow_id`,`id`);--> statement-breakpoint
CREATE INDEX `backfills_state` ON `backfills` (`state`,`id`);--> statement-breakpoint
CREATE TABLE `calendars` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`entries` text NOT NULL,
	`weekdays` text NOT NULL,
	`revision` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calendars_name_unique` ON `calendars` (`name`);--> statement-breakpoint
CREATE TABLE `schedule_fires` (
	`schedule_id` text NOT NULL,
	`fire_at` integer NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`through_at` integer NOT NULL,
	`fires` integer NOT NULL,
	`outcome` text NOT NULL,
	`reason_code` text,
	`reason` text,
	`workflow_instance_id` text,
	`act_at` integer NOT NULL,
	`decided_at` integer NOT NULL,
	PRIMARY KEY(`schedule_id`, `fire_at`)
);
--> statement-breakpoint
CREATE INDEX `schedule_fires_queued` ON `schedule_fires` (`schedule_id`,`fire_at`) WHERE outcome = 'queued';--> statement-breakpoint
CREATE INDEX `schedule_fires_run` ON `schedule_fires` (`workflow_instance_id`) WHERE workflow_instance_id is not null;--> statement-breakpoint
CREATE INDEX `schedule_fires_decided` ON `schedule_fires` (`decided_at`);--> statement-breakpoint
CREATE TABLE `schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`plan` text NOT NULL,
	`start` text NOT NULL,
	`online` integer NOT NULL,
	`paused_until` integer,
	`revision` integer NOT NULL,
	`cursor_at` integer NOT NULL,
	`due_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `schedules_name` ON `schedules` (`workflow_id`,`name`);--> statement-breakpoint
CREATE INDEX `schedules_project` ON `schedules` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`due_at`,`id`) WHERE due_at is not null;--> statement-breakpoint
CREATE TABLE `trigger_firings` (
	`trigger_id` text NOT NULL,
	`key` text NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`workflow_instance_id` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`trigger_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `trigger_firings_at` ON `trigger_firings` (`trigger_id`,`at`);--> statement-breakpoint
CREATE INDEX `trigger_firings_old` ON `trigger_firings` (`at`);--> statement-breakpoint
CREATE TABLE `triggers` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`config` text NOT NULL,
	`secret` text,
	`start` text NOT NULL,
	`online` integer NOT NULL,
	`revision` integer NOT NULL,
	`cursor` integer NOT NULL,
	`due_at` integer,
	`problem` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `triggers_name` ON `triggers` (`workflow_id`,`name`);--> statement-breakpoint
CREATE INDEX `triggers_project` ON `triggers` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `triggers_online` ON `triggers` (`kind`,`id`) WHERE online = 1;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `origin_kind` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `origin_id` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `timezone` text;--> statement-breakpoint
CREATE INDEX `workflow_instances_origin` ON `workflow_instances` (`origin_id`,`id`) WHERE origin_id is not null;