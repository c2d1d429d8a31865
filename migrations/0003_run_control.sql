-- What runs hold and whom they belong to: places among the runs of a workflow, slots of task groups, parents of runs that
-- tasks start, and what logic tasks remember. Rows from before hold nothing and belong to nobody.
CREATE TABLE `task_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`size` integer NOT NULL,
	`open` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `task_groups_name_unique` ON `task_groups` (`name`);--> statement-breakpoint
ALTER TABLE `task_instances` ADD `task_group` text;--> statement-breakpoint
ALTER TABLE `task_instances` ADD `group_priority` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `task_instances` ADD `group_slot` integer;--> statement-breakpoint
ALTER TABLE `task_instances` ADD `group_forced` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `task_instances` ADD `logic` text;--> statement-breakpoint
CREATE UNIQUE INDEX `task_instances_slot` ON `task_instances` (`task_group`,`group_slot`) WHERE group_slot is not null and state in ('submitted', 'delayed', 'dispatched', 'running');--> statement-breakpoint
CREATE INDEX `task_instances_members` ON `task_instances` (`task_group`,(case when group_slot is not null then 0 when group_forced then 1 else 2 end),-group_priority,`first_submitted_at`,`id`) WHERE task_group is not null and state in ('submitted', 'delayed', 'dispatched', 'running');--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `queued_at` integer;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `execution_slot` integer;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `parent_instance_id` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `parent_task` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `parent_task_id` text;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `child_index` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `lineage` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `outputs` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `workflow_instances` ADD `quarantine` text;--> statement-breakpoint
CREATE UNIQUE INDEX `workflow_instances_place` ON `workflow_instances` (`workflow_id`,`execution_slot`) WHERE execution_slot is not null and state in ('running', 'ready_pause', 'ready_stop', 'failover');--> statement-breakpoint
CREATE UNIQUE INDEX `workflow_instances_child` ON `workflow_instances` (`parent_task_id`,`child_index`) WHERE parent_task_id is not null;--> statement-breakpoint
CREATE INDEX `workflow_instances_parent` ON `workflow_instances` (`parent_instance_id`,`id`) WHERE parent_instance_id is not null;--> statement-breakpoint
CREATE INDEX `workflow_instances_business_time` ON `workflow_instances` (`workflow_id`,`business_time`,`id`) WHERE dry_run = 0;--> statement-breakpoint
ALTER TABLE `projects` ADD `params` text DEFAULT '[]' NOT NULL;