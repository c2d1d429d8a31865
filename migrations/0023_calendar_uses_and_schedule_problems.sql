CREATE TABLE `calendar_uses` (
	`calendar_id` text NOT NULL,
	`schedule_id` text NOT NULL,
	PRIMARY KEY(`calendar_id`, `schedule_id`),
	FOREIGN KEY (`calendar_id`) REFERENCES `calendars`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`schedule_id`) REFERENCES `schedules`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `calendar_uses_schedule` ON `calendar_uses` (`schedule_id`);--> statement-breakpoint
ALTER TABLE `schedules` ADD `problem` text;--> statement-breakpoint
CREATE INDEX `schedules_problem` ON `schedules` (`id`) WHERE problem is not null;--> statement-breakpoint
INSERT INTO `calendar_uses` (`calendar_id`, `schedule_id`)
SELECT `named`.`value`, `s`.`id` FROM `schedules` `s`, json_each(`s`.`plan`, '$.calendars.include') `named`
WHERE `named`.`value` IN (SELECT `id` FROM `calendars`)
UNION
SELECT `named`.`value`, `s`.`id` FROM `schedules` `s`, json_each(`s`.`plan`, '$.calendars.exclude') `named`
WHERE `named`.`value` IN (SELECT `id` FROM `calendars`);
