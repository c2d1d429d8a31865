CREATE TABLE `alert_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`settings` text NOT NULL,
	`enabled` integer NOT NULL,
	`last_delivered_at` integer,
	`last_error` text,
	`not_before` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_channels_name_unique` ON `alert_channels` (`name`);--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`alert_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`channel_name` text NOT NULL,
	`status` text NOT NULL,
	`attempt` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`claimed_by` text,
	`claimed_at` integer,
	`answer` text,
	`reason` text,
	`sent_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`alert_id`) REFERENCES `alerts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_deliveries_once` ON `alert_deliveries` (`alert_id`,`channel_id`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`next_attempt_at`,`id`) WHERE status in ('waiting', 'retry');--> statement-breakpoint
CREATE INDEX `alert_deliveries_sending` ON `alert_deliveries` (`claimed_at`) WHERE status = 'sending';--> statement-breakpoint
CREATE INDEX `alert_deliveries_channel` ON `alert_deliveries` (`channel_id`,`id`);--> statement-breakpoint
CREATE TABLE `alert_group_channels` (
	`group_id` text NOT NULL,
	`channel_id` text NOT NULL,
	PRIMARY KEY(`group_id`, `channel_id`),
	FOREIGN KEY (`group_id`) REFERENCES `alert_groups`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`channel_id`) REFERENCES `alert_channels`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `alert_group_channels_channel` ON `alert_group_channels` (`channel_id`);--> statement-breakpoint
CREATE TABLE `alert_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`kinds` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_groups_name_unique` ON `alert_groups` (`name`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`group_name` text,
	`kind` text NOT NULL,
	`severity` text NOT NULL,
	`subject` text NOT NULL,
	`project_id` text,
	`workflow_id` text,
	`workflow_instance_id` text,
	`message` text NOT NULL,
	`status` text NOT NULL,
	`count` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`folded_into` text,
	`reason` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alerts_waiting` ON `alerts` (`id`) WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX `alerts_status` ON `alerts` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_subject` ON `alerts` (`subject`,`kind`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_run` ON `alerts` (`workflow_instance_id`,`id`) WHERE workflow_instance_id is not null;--> statement-breakpoint
CREATE INDEX `alerts_folded` ON `alerts` (`folded_into`) WHERE folded_into is not null;--> statement-breakpoint
CREATE TABLE `listener_code` (
	`plugin_id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	FOREIGN KEY (`plugin_id`) REFERENCES `listener_plugins`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `listener_events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	`project_id` text,
	`project_name` text,
	`subject` text NOT NULL,
	`data` text NOT NULL,
	`bytes` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `listener_events_at` ON `listener_events` (`at`);--> statement-breakpoint
CREATE TABLE `listener_failures` (
	`instance_id` text NOT NULL,
	`seq` integer NOT NULL,
	`outcome` text NOT NULL,
	`attempts` integer NOT NULL,
	`reason` text NOT NULL,
	`skipped_by` text,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`instance_id`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `listener_failures_last` ON `listener_failures` (`last_at`) WHERE outcome <> 'blocked';--> statement-breakpoint
CREATE TABLE `listener_instances` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plugin` text NOT NULL,
	`settings` text NOT NULL,
	`event_types` text NOT NULL,
	`project_id` text,
	`enabled` integer NOT NULL,
	`cursor` integer NOT NULL,
	`blocked_seq` integer,
	`attempt` integer NOT NULL,
	`next_attempt_at` integer,
	`reason` text,
	`blocked_since` integer,
	`last_delivered_at` integer,
	`delivered` integer NOT NULL,
	`skipped` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `listener_instances_name_unique` ON `listener_instances` (`name`);--> statement-breakpoint
CREATE INDEX `listener_instances_plugin` ON `listener_instances` (`plugin`);--> statement-breakpoint
CREATE TABLE `listener_plugins` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`title` text NOT NULL,
	`version` text NOT NULL,
	`origin` text NOT NULL,
	`package_name` text,
	`settings_schema` text NOT NULL,
	`digest` text NOT NULL,
	`enabled` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `listener_plugins_name_unique` ON `listener_plugins` (`name`);--> statement-breakpoint
CREATE TABLE `listener_relay` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `alert_on` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `alert_group` text;