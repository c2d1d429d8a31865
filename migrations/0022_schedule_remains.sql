CREATE TABLE `schedule_remains` (
	`schedule_id` text NOT NULL,
	`up_to` integer NOT NULL,
	`after_at` integer NOT NULL,
	`project_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`plan` text NOT NULL,
	`why` text NOT NULL,
	PRIMARY KEY(`schedule_id`, `up_to`)
);
