import { defineConfig } from 'vitest/config';

/**
 * Three projects: `unit` needs nothing but this checkout (it starts its own PostgreSQL where it needs one), `lab` needs root
 * and Debian's packages and starts real daemons. The browser's tests are Playwright's (e2e/).
 */
export default defineConfig({
  test: {
    projects: [
      {
        // The console's `@/` paths.
        resolve: { tsconfigPaths: true },
        test: {
          name: 'unit',
          include: ['{apps,packages,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/.next/**', '**/*.lab.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['{apps,packages,scripts}/**/*.lab.test.ts'],
          exclude: ['**/node_modules/**', '**/.next/**'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
