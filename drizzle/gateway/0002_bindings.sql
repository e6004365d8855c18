INSERT INTO "role_binding" ("id", "account_id", "role")
	SELECT gen_random_uuid(), "id", unnest("roles") FROM "account";--> statement-breakpoint
ALTER TABLE "role_binding" ADD CONSTRAINT "role_binding_holder" CHECK (num_nonnulls("account_id", "group_id") = 1);--> statement-breakpoint
-- Entries from before the chain are kept as they are; they cannot be chained after the fact.
ALTER TABLE "operation_log" RENAME TO "operation_log_unchained";--> statement-breakpoint
ALTER INDEX "operation_log_at" RENAME TO "operation_log_unchained_at";--> statement-breakpoint
ALTER INDEX "operation_log_pkey" RENAME TO "operation_log_unchained_pkey";--> statement-breakpoint
ALTER TABLE "account" DROP COLUMN "roles";
