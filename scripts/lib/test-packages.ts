import { ensureDebianPackages } from '@basalt/lab';

await ensureDebianPackages((line) => console.log(`  ${line}`));
