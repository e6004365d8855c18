/** zod asks with `new Function` whether it may compile; under our policy that is a reported violation, so it is told no. Imported before the contract. */
import { z } from 'zod';

z.config({ jitless: true });
