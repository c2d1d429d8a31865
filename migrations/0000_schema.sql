CREATE TABLE `commands` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`workflow_instance_id` text NOT NULL,
	`payload` text NOT NULL,
	`priority` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`done_at` integer,
	`outcome` text
);
--> statement-breakpoint
CREATE INDEX `commands_pending` ON `commands` (`priority`,`created_at`,`id`) WHERE done_at is null;--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` text NOT NULL,
	`project_id` text NOT NULL,
	`workflow_instance_id` text,
	`task_instance_id` text,
	`at` integer NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_run` ON `events` (`workflow_instance_id`,`seq`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`dispatch_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`worker_id` text NOT NULL,
	`workflow_instance_id` text NOT NULL,
	`reason` text NOT NULL,
	`grace_ms` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workflow_instance_id`) REFERENCES `workflow_instances`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `outbox_run` ON `outbox` (`workflow_instance_id`);--> statement-breakpoint
CREATE TABLE `task_instances` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow_instance_id` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`state` text NOT NULL,
	`attempt` integer NOT NULL,
	`retry_times` integer NOT NULL,
	`failovers` integer NOT NULL,
	`current` integer NOT NULL,
	`run_counter` integer NOT NULL,
	`previous_id` text,
	`worker_group` text NOT NULL,
	`priority` text NOT NULL,
	`dispatch_id` text,
	`dispatch_epoch` integer,
	`worker_id` text,
	`worker_name` text,
	`first_submitted_at` integer NOT NULL,
	`submitted_at` integer NOT NULL,
	`due_at` integer,
	`dispatched_at` integer,
	`started_at` integer,
	`ended_at` integer,
	`exit_code` integer,
	`signal` text,
	`outputs` text NOT NULL,
	`inputs` text NOT NULL,
	`log_bytes` integer NOT NULL,
	`kill_requested_at` integer,
	`reason` text,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workflow_instance_id`) REFERENCES `workflow_instances`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `task_instances_run` ON `task_instances` (`workflow_instance_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `task_instances_attempt` ON `task_instances` (`workflow_instance_id`,`name`,`attempt`);--> statement-breakpoint
CREATE UNIQUE INDEX `task_instances_current` ON `task_instances` (`workflow_instance_id`,`name`) WHERE current = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `task_instances_dispatch` ON `task_instances` (`dispatch_id`) WHERE dispatch_id is not null;--> statement-breakpoint
CREATE TABLE `workflow_instances` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`workflow_name` text NOT NULL,
	`version` integer NOT NULL,
	`number` integer,
	`state` text NOT NULL,
	`run_counter` integer NOT NULL,
	`params` text NOT NULL,
	`start_tasks` text NOT NULL,
	`scope` text NOT NULL,
	`failure_strategy` text NOT NULL,
	`priority` text NOT NULL,
	`worker_group` text,
	`environment` text,
	`dry_run` integer NOT NULL,
	`timeout_ms` integer,
	`business_time` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`updated_at` integer NOT NULL,
	`reason` text
);
--> statement-breakpoint
CREATE INDEX `workflow_instances_project` ON `workflow_instances` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `workflow_instances_workflow` ON `workflow_instances` (`workflow_id`,`id`);--> statement-breakpoint
CREATE INDEX `workflow_instances_state` ON `workflow_instances` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `workflow_instances_project_state` ON `workflow_instances` (`project_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `workflow_instances_workflow_state` ON `workflow_instances` (`workflow_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `workflow_instances_created` ON `workflow_instances` (`created_at`,`state`);--> statement-breakpoint
CREATE INDEX `workflow_instances_open` ON `workflow_instances` (`id`) WHERE state in ('submitted', 'serial_wait', 'running', 'ready_pause', 'ready_stop', 'failover');--> statement-breakpoint
CREATE UNIQUE INDEX `workflow_instances_number` ON `workflow_instances` (`workflow_id`,`number`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_name_unique` ON `projects` (`name`);--> statement-breakpoint
CREATE TABLE `registry_clients` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`heartbeat_interval_ms` integer NOT NULL,
	`session_timeout_ms` integer NOT NULL,
	`connection_config` text NOT NULL,
	`last_heartbeat_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `registry_clients_expiry` ON `registry_clients` (`expires_at`);--> statement-breakpoint
CREATE TABLE `registry_locks` (
	`key` text PRIMARY KEY NOT NULL,
	`client_id` text,
	`owner` text NOT NULL,
	`epoch` integer NOT NULL,
	`acquired_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `registry_clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `registry_locks_client` ON `registry_locks` (`client_id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`status` integer NOT NULL,
	`response` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_secret_hash_unique` ON `sessions` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`secret_hash` text NOT NULL,
	`user_id` text,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_secret_hash_unique` ON `tokens` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `tokens_kind` ON `tokens` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `tokens_user` ON `tokens` (`user_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name_unique` ON `users` (`name`);--> statement-breakpoint
CREATE TABLE `workers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`groups` text NOT NULL,
	`labels` text NOT NULL,
	`slots` integer NOT NULL,
	`state` text NOT NULL,
	`agent_version` text NOT NULL,
	`runtime` text NOT NULL,
	`host` text NOT NULL,
	`task_types` text NOT NULL,
	`session_timeout_ms` integer NOT NULL,
	`connected_at` integer,
	`last_heartbeat_at` integer,
	`stats` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `workers_name` ON `workers` (`name`,`id`);--> statement-breakpoint
CREATE TABLE `workflow_versions` (
	`workflow_id` text NOT NULL,
	`version` integer NOT NULL,
	`document` text NOT NULL,
	`content_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workflow_id`, `version`),
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `workflows` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`version` integer NOT NULL,
	`online` integer NOT NULL,
	`task_count` integer NOT NULL,
	`last_number` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workflows_project_name` ON `workflows` (`project_id`,`name`);