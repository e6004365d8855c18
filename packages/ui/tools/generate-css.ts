import { writeFileSync } from 'node:fs';
import { cssFromTokens } from './css-from-tokens.ts';

writeFileSync(new URL('../src/styles/tokens.css', import.meta.url), cssFromTokens());
