import { mailServer, type MailSettings } from '@basalt/contract';
import { expect, test } from 'vitest';
import { formOf, securityChange, serverOf } from './mail-form.ts';

const stored: MailSettings = {
  enabled: true,
  host: 'smtp.example.com',
  port: 465,
  security: 'ssl',
  user: 'ops',
  sender: 'ops@example.com',
  subjectPrefix: '[Basalt]',
  ca: '',
  hasPassword: true,
  version: 3,
  updatedAt: null,
};

test('[SET-01] the stored password stays unless it is set or taken away', () => {
  const form = formOf(stored);
  expect(serverOf(form)).not.toHaveProperty('password');
  expect(serverOf({ ...form, secret: 'set', password: 's3cret' })).toMatchObject({ password: 's3cret' });
  expect(serverOf({ ...form, secret: 'none', password: 'left over' })).toMatchObject({ password: null });
  expect(mailServer.safeParse(serverOf(form)).success).toBe(true);
});

test('[SET-01] settings that never were begin at port 994', () => {
  const form = formOf({ ...stored, enabled: false, host: '', sender: null, port: 0, hasPassword: false });
  expect(form.port).toBe(994);
  expect(form.sender).toBe('');
});

test('[SET-01] another kind of security brings its port, but not over one that was typed', () => {
  const form = { ...formOf(stored), port: 994 };
  expect(securityChange(form, 'starttls')).toEqual({ security: 'starttls', port: 587 });
  expect(securityChange({ ...form, port: 2525 }, 'none')).toEqual({ security: 'none' });
});
