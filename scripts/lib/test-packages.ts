import { ensureDebianPackages } from '@basalt/lab';

await ensureDebianPackages({ onProgress: (text) => console.log(`  ${text}`) });
