CREATE TABLE "operation_log" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"region" text,
	"region_sequence" bigint,
	"about" bigint,
	"operation" text NOT NULL,
	"module" text NOT NULL,
	"resources" jsonb NOT NULL,
	"account_id" uuid,
	"account_name" text NOT NULL,
	"via" text NOT NULL,
	"api_key_id" uuid,
	"address" text NOT NULL,
	"client" text NOT NULL,
	"request_id" text NOT NULL,
	"task_id" uuid,
	"result" text NOT NULL,
	"error" text,
	"error_params" jsonb,
	"detail" jsonb NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "operation_log_region" UNIQUE("region","region_sequence")
);
--> statement-breakpoint
CREATE INDEX "operation_log_at" ON "operation_log" USING btree ("at","sequence");--> statement-breakpoint
CREATE INDEX "operation_log_account" ON "operation_log" USING btree ("account_id","sequence");--> statement-breakpoint
CREATE INDEX "operation_log_module" ON "operation_log" USING btree ("module","sequence");--> statement-breakpoint
CREATE FUNCTION "operation_log_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'entries of the operation log are added, never changed' USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE TRIGGER "operation_log_kept" BEFORE UPDATE OR DELETE OR TRUNCATE ON "operation_log"
	FOR EACH STATEMENT EXECUTE FUNCTION "operation_log_refuse"();
