export { databaseMigrate, databaseOpen, type Database } from './store/database.ts';
export * as schema from './store/schema/index.ts';
