CREATE TABLE `workflow_links` (
	`workflow_id` text NOT NULL,
	`position` integer NOT NULL,
	`project_id` text NOT NULL,
	`kind` text NOT NULL,
	`task` text NOT NULL,
	`enabled` integer NOT NULL,
	`target_project` text NOT NULL,
	`target_workflow` text NOT NULL,
	`of_task` text,
	`range` text,
	PRIMARY KEY(`workflow_id`, `position`),
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `workflow_links_project` ON `workflow_links` (`project_id`,`workflow_id`,`position`);--> statement-breakpoint
CREATE INDEX `workflow_links_target` ON `workflow_links` (`target_project`,`target_workflow`);--> statement-breakpoint
CREATE INDEX `projects_by_name` ON `projects` (name collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `schedules_by_name` ON `schedules` (name collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `task_groups_by_name` ON `task_groups` (name collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `triggers_by_name` ON `triggers` (name collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `triggers_follow` ON `triggers` (config ->> '$.projectId',config ->> '$.workflowId') WHERE kind = 'after_workflow';--> statement-breakpoint
CREATE INDEX `workflows_project_by_name` ON `workflows` (`project_id`,name collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `workflows_by_name` ON `workflows` (name collate nocase,`id`);
--> statement-breakpoint
INSERT INTO `workflow_links` (`workflow_id`, `position`, `project_id`, `kind`, `task`, `enabled`, `target_project`, `target_workflow`, `of_task`, `range`)
SELECT w.`id`, row_number() OVER (PARTITION BY w.`id` ORDER BY t.`id`, j.`id`) - 1, w.`project_id`, t.`value` ->> '$.type', t.`value` ->> '$.name',
  coalesce(t.`value` ->> '$.enabled', 1), coalesce(j.`value` ->> '$.project', w.`project_id`), j.`value` ->> '$.workflow',
  CASE WHEN t.`value` ->> '$.type' = 'dependent' THEN j.`value` ->> '$.task' END,
  CASE WHEN t.`value` ->> '$.type' = 'dependent' THEN j.`value` ->> '$.range' END
FROM `workflows` w
JOIN `workflow_versions` v ON v.`workflow_id` = w.`id` AND v.`version` = w.`version`
JOIN json_each(v.`document`, '$.tasks') t ON t.`value` ->> '$.type' IN ('dependent', 'sub_workflow', 'dynamic')
JOIN json_tree(t.`value`) j ON j.`type` = 'object' AND j.`value` ->> '$.workflow' IS NOT NULL
  AND CASE WHEN t.`value` ->> '$.type' = 'dependent' THEN j.`fullkey` LIKE '$.on%' ELSE j.`fullkey` = '$' END;
