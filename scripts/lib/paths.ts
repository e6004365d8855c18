import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Whose `.run` holds the state: the checkout's own, or that of a test run, which must not touch it. */
export const home = process.env['BASALT_HOME'] ?? checkout;
/** Where a test run keeps the password that the start has printed, for the test that begins with it. */
export const firstPasswordFile = (of: string = home): string => join(of, 'printed-password');
/** The pinned Node, which runs everything after the bootstrap. */
export const node = process.execPath;
export const inRun = (...parts: string[]): string => join(home, '.run', ...parts);
