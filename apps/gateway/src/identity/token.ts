import { hash, randomBytes } from 'node:crypto';

/** 256 random bits, in a form that cookies and sub-protocols carry. */
export const tokenCreate = (): string => randomBytes(32).toString('base64url');
/** What the database keeps of a token. */
export const tokenHash = (token: string): Buffer => hash('sha256', token, 'buffer');
