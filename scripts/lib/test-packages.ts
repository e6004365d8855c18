/** What the tests and benchmarks need of Debian beyond the lab itself: a browser with Chinese type, and the peers measured against. */
import { debianPackages, ensureDebianPackages } from '@basalt/lab';

const forTests = ['chromium', 'fonts-wqy-microhei', 'openssl', 'websockify'];

await ensureDebianPackages((line) => console.log(`  ${line}`), [...debianPackages, ...forTests]);
