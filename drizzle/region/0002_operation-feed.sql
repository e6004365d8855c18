ALTER TABLE "operation_log" ADD COLUMN "via" text DEFAULT 'console' NOT NULL;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "api_key_id" uuid;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "result" text DEFAULT 'succeeded' NOT NULL;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "about" bigint;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "error" text;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "error_params" jsonb;--> statement-breakpoint
CREATE INDEX "operation_log_task" ON "operation_log" USING btree ("task_id") WHERE task_id is not null;--> statement-breakpoint
ALTER TABLE "operation_log" ADD CONSTRAINT "operation_log_about" UNIQUE("about");--> statement-breakpoint
CREATE FUNCTION "operation_log_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'entries of the operation log are added, never changed' USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE TRIGGER "operation_log_kept" BEFORE UPDATE OR DELETE OR TRUNCATE ON "operation_log"
	FOR EACH STATEMENT EXECUTE FUNCTION "operation_log_refuse"();
