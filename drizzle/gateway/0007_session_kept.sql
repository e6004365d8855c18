ALTER TABLE "session" DROP CONSTRAINT "session_account_id_account_id_fk";
