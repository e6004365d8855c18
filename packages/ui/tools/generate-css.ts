import { writeFileSync } from 'node:fs';
import { cssFromTokens } from './css-from-tokens.ts';

writeFileSync(new URL('../src/gen/tokens.css', import.meta.url), cssFromTokens());
