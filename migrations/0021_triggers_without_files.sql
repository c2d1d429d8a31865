ALTER TABLE `triggers` DROP COLUMN `due_at`;--> statement-breakpoint
ALTER TABLE `triggers` DROP COLUMN `problem`;