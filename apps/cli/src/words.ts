/** What the command line itself says; what the platform says comes in the same language from there. */
import type { Locale, Text } from '@basalt/contract';

const say = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });

export const words = {
  about: say(
    'Basalt 命令行：平台的每个操作都是一个命令',
    'The command line of Basalt: every operation of the platform is a command',
  ),
  usageHint: say(
    'basalt <领域> <动作> --help 显示其全部字段',
    'basalt <area> <verb> --help shows all fields of a call',
  ),
  configure: say('保存一个配置：地址与 API 密钥', 'Keep a profile: address and API key'),
  configureNote: say(
    '私钥从 --private-key-file 读取，否则从标准输入读取',
    'The private key is read from --private-key-file, else from standard input',
  ),
  profiles: say('列出配置', 'List the profiles'),
  whoami: say('当前账号与权限', 'The account of the key and what it may do'),
  completion: say('输出 Shell 补全脚本', 'Print a completion script for a shell'),
  events: say('实时事件，每行一个 JSON', 'Live events, one JSON a line'),
  upload: say('上传已声明的镜像内容', 'Send the content of an announced image'),
  optProfile: say('使用的配置', 'profile to use'),
  optUrl: say('平台地址', 'address of the platform'),
  optPublicKey: say('公钥', 'public key'),
  optPrivateKeyFile: say('私钥所在文件', 'file with the private key'),
  optRegion: say('地域', 'region'),
  optOutput: say('输出格式：table、json、yaml', 'output: table, json, yaml'),
  optJson: say(
    'JSON 形式的输入，其余选项覆盖其字段；- 为标准输入',
    'input as JSON, which the other options override; - is standard input',
  ),
  optWait: say('等待任务完成并显示进度', 'wait for the tasks and show how they go on'),
  optWaitTimeout: say('最长等待秒数', 'seconds to wait at most'),
  optFields: say('仅返回这些字段，以逗号分隔', 'answer only these fields, separated by commas'),
  optAll: say('读取全部页', 'read all pages'),
  optAfter: say('从此事件序号之后开始', 'begin after this event'),
  required: say('必填', 'required'),
  defaultIs: say('默认', 'default'),
  repeated: say('可重复', 'may be repeated'),
  noProfile: say(
    '没有配置：请运行 basalt configure，或设置 BASALT_URL、BASALT_PUBLIC_KEY、BASALT_PRIVATE_KEY',
    'There is no profile: run basalt configure, or set BASALT_URL, BASALT_PUBLIC_KEY and BASALT_PRIVATE_KEY',
  ),
  unknownProfile: say('没有名为 {name} 的配置', 'There is no profile {name}'),
  notPrivate: say(
    '{file} 对其他用户可读；请运行 chmod 600 {file}',
    '{file} can be read by others; run chmod 600 {file}',
  ),
  noPrivateKey: say('缺少私钥', 'The private key is missing'),
  badProfileName: say('配置名只能包含字母、数字、- 和 _', 'A profile’s name has letters, digits, - and _ only'),
  saved: say('配置 {name} 已保存', 'The profile {name} is kept'),
  missing: say('缺少 {name}', '{name} is missing'),
  notJson: say('{name} 不是有效的 JSON', '{name} is not valid JSON'),
  notNumber: say('{name} 应为数字', '{name} must be a number'),
  notBoolean: say('{name} 应为 true 或 false', '{name} must be true or false'),
  notOneOf: say('{name} 应为其中之一：{choices}', '{name} must be one of {choices}'),
  noSuch: say('没有名为 {name} 的对象', 'Nothing is called {name}'),
  several: say('{name} 对应多个对象，请使用 id：{ids}', '{name} is the name of several; use the id: {ids}'),
  unknownCommand: say('未知命令或选项：{what}', 'Unknown command or option: {what}'),
  badArgument: say('参数有误：{what}', 'Wrong arguments: {what}'),
  task: say('任务', 'task'),
  requestId: say('请求编号', 'request id'),
  total: say('共 {total} 条', '{total} in all'),
  more: say('还有更多：--cursor {cursor} 或 --all', 'there are more: --cursor {cursor}, or --all'),
  done: say('完成', 'Done'),
  sent: say('已发送 {sent} / {size} 字节', '{sent} of {size} bytes sent'),
} as const;

/** Titles of commander's own help. */
export const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Options:': '选项：',
  'Commands:': '命令：',
  'Arguments:': '参数：',
  'Global Options:': '全局选项：',
};

export const wordsIn =
  (locale: Locale) =>
  (key: keyof typeof words, params: Readonly<Record<string, string | number>> = {}): string =>
    words[key][locale].replaceAll(/\{(\w+)\}/gu, (place, name: string) => String(params[name] ?? place));
export type Say = ReturnType<typeof wordsIn>;
