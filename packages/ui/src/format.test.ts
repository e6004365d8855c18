import { expect, test } from 'vitest';
import { formatBytes, formatDuration, formatPercent, formatRelative } from './format.ts';

const GiB = 1024 ** 3;

test('[BRD-01] bytes are binary units after a space', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(64 * GiB)).toBe('64 GiB');
  expect(formatBytes(1.5 * GiB)).toBe('1.5 GiB');
  expect(formatBytes(27.13 * 1024 * GiB)).toBe('27.1 TiB');
  expect(formatBytes(1023.99 * GiB)).toBe('1 TiB');
});

test('[BRD-01] per cent has no space and is 100 only when it is all', () => {
  expect(formatPercent(0.835)).toBe('84%');
  expect(formatPercent(0.999)).toBe('99%');
  expect(formatPercent(1)).toBe('100%');
});

test('[BRD-01] durations have at most two units, with a space before Chinese ones', () => {
  expect(formatDuration(18, 'zh-CN')).toBe('18 毫秒');
  expect(formatDuration(190_000, 'en-US')).toBe('3 min 10 sec');
  expect(formatDuration(7_200_000, 'en-US')).toBe('2 hr');
});

test('[BRD-01] times are relative up to a day, then yesterday, then a date', () => {
  const now = new Date(2026, 10, 20, 14, 0, 0);
  const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  expect(formatRelative(before(2), now, 'zh-CN')).toBe('2 小时前');
  expect(formatRelative(before(2), now, 'en-US')).toBe('2 hours ago');
  expect(formatRelative(before(36), now, 'zh-CN')).toBe('昨天 02:00');
  expect(formatRelative(before(72), now, 'en-US')).toBe('11-17');
  expect(formatRelative(new Date(2025, 0, 3), now, 'en-US')).toBe('2025-01-03');
});
