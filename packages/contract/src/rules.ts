/** Words for the rules that our own schemas name; what zod finds itself it says in its own locales. */
import type { Text } from './locale.ts';

export const ruleTexts: Readonly<Record<string, Text>> = {
  name: {
    'zh-CN': '1–128 个字符，首尾不能是空格，不能含控制字符',
    'en-US': '1–128 characters, no space at either end, no control characters',
  },
  note: { 'zh-CN': '最多 1000 个字符，不能含控制字符', 'en-US': 'at most 1000 characters, no control characters' },
  mac: {
    'zh-CN': '应为单播 MAC 地址，例如 52:54:00:12:34:56',
    'en-US': 'a unicast MAC address such as 52:54:00:12:34:56',
  },
  oneOrEven: { 'zh-CN': '应为 1 或不超过 240 的偶数', 'en-US': '1 or an even number up to 240' },
  oneOrEvenGib: {
    'zh-CN': '应为 1 GiB 或不超过 1024 GiB 的偶数 GiB',
    'en-US': '1 GiB or an even number of GiB up to 1024',
  },
  diskSize: { 'zh-CN': '应为 10–32768 的整数 GiB', 'en-US': 'whole GiB from 10 to 32 768' },
  hostName: {
    'zh-CN': '2–63 个字符，由字母、数字、点、连字符组成，点和连字符不能在首尾或连续出现，不能全为数字',
    'en-US': '2–63 letters, digits, dots and hyphens; no dot or hyphen at either end or doubled; not digits alone',
  },
  sshKey: {
    'zh-CN': '应为 OpenSSH 公钥（ssh-ed25519、ssh-rsa 或 ecdsa）',
    'en-US': 'an OpenSSH public key (ssh-ed25519, ssh-rsa or ecdsa)',
  },
  sha256: { 'zh-CN': '应为 64 位小写十六进制', 'en-US': '64 lower-case hexadecimal digits' },
  clock: { 'zh-CN': '应为 00:00–24:00 的时刻，例如 08:30', 'en-US': 'a time from 00:00 to 24:00 such as 08:30' },
  mailHost: { 'zh-CN': '应为主机名或 IP 地址', 'en-US': 'a host name or IP address' },
  webhookUrl: {
    'zh-CN': '应为 http 或 https 地址，不含用户名、密码和片段',
    'en-US': 'an http or https address without user, password or fragment',
  },
  headerName: { 'zh-CN': '请求头名称含不允许的字符', 'en-US': 'a header name without spaces or colons' },
  headerReserved: { 'zh-CN': '该请求头由平台设置', 'en-US': 'this header is set by the platform' },
  headerValue: { 'zh-CN': '只能含可打印的 ASCII 字符', 'en-US': 'printable ASCII characters only' },
  headerTwice: { 'zh-CN': '请求头名称重复', 'en-US': 'each header once' },
  unknownField: { 'zh-CN': '未知字段', 'en-US': 'unknown field' },
};
