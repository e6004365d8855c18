/**
 * The closed set of errors. A code carries the HTTP status, whether trying again may help, and the user's text in both
 * languages; what is for the log stays in `cause` and `detail` and is never serialised.
 * "Agent unreachable", "agent refused", "host operation failed" and "timed out" are different on purpose: the operator
 * does something else after each.
 */
import { z } from 'zod';
import { fill, type Locale, type Text } from './locale.ts';

interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly text: Text;
}

const kind = (status: number, zh: string, en: string, retryable = false): ErrorKind => ({
  status,
  retryable,
  text: { 'zh-CN': zh, 'en-US': en },
});

export const errorTable = {
  // the caller
  invalidInput: kind(400, '{field}：{rule}', '{field}: {rule}'),
  notSignedIn: kind(401, '登录已失效，请重新登录', 'You are not signed in, or the session has ended; sign in again'),
  wrongCredentials: kind(401, '邮箱或密码不正确', 'The e-mail address or the password is wrong'),
  accountLocked: kind(423, '尝试次数过多，请于 {minutes} 分钟后再试', 'Too many tries; try again in {minutes} minutes'),
  sessionEnded: kind(401, '登录已失效：{reason}', 'The session has ended: {reason}'),
  challengeRequired: kind(401, '请先完成人机校验', 'Solve the challenge first'),
  codeInvalid: kind(401, '验证码不正确或已使用', 'The code is wrong or has been used'),
  linkInvalid: kind(403, '链接无效、已使用或已过期', 'The link is invalid, used or expired'),
  sourceRefused: kind(403, '该账号不允许从 {address} 访问', 'This account may not be used from {address}'),
  hoursRefused: kind(403, '该账号当前时段不允许访问', 'This account may not be used at this hour'),
  signatureInvalid: kind(401, '请求签名无效：{reason}', 'The signature of the request is invalid: {reason}'),
  personRequired: kind(
    403,
    '此操作只能在登录后进行，不能使用 API 密钥',
    'Only somebody who has signed in may do this; an API key may not',
  ),
  seeAsReadOnly: kind(403, '以他人视角查看时不能修改', 'Nothing can be changed while seeing as another account'),
  grantExceeds: kind(
    403,
    '不能授予自己没有的权限 {permission}',
    'You cannot grant the permission {permission}, which you do not have',
  ),
  lastAdministrator: kind(
    409,
    '这是最后一个可用的{role}，不能{action}',
    'This is the last active account that is {role} and cannot be {action}',
  ),
  roleConflict: kind(409, '角色 {a} 与 {b} 不能同时授予一个账号', 'The roles {a} and {b} exclude each other'),
  changedMeanwhile: kind(409, '内容已被 {who} 修改，请刷新后重试', '{who} has changed it meanwhile; read it again'),
  mailOff: kind(409, '尚未配置邮箱', 'Mail is not set up'),
  limitReached: kind(409, '{what} 最多 {max} 个', 'At most {max} {what}'),
  passwordChangeRequired: kind(403, '请先修改密码', 'Change the password first'),
  passwordPolicy: kind(400, '密码不符合要求：{rule}', 'The password does not meet the policy: {rule}'),
  permissionMissing: kind(403, '缺少权限 {permission}', 'The permission {permission} is missing'),
  crossSite: kind(403, '请求来源不被允许', 'Requests from this origin are not allowed'),
  tooManyRequests: kind(
    429,
    '请求过于频繁，请在 {seconds} 秒后再试',
    'Too many requests; try again in {seconds} seconds',
    true,
  ),
  notFound: kind(404, '{kind} 不存在或已删除', 'The {kind} does not exist or has been deleted'),
  nameTaken: kind(409, '名称 {name} 已被使用', 'The name {name} is already used'),
  actionRefused: kind(409, '{reason}', '{reason}'),
  busyWithTask: kind(
    409,
    '任务「{task}」（{step}）正在处理该资源，已进行 {seconds} 秒',
    'Task "{task}" ({step}) is at work on this for {seconds} s',
  ),
  tokenReused: kind(409, '同一请求标识已用于另一个请求', 'This request token was used for a different request'),
  payloadTooLarge: kind(413, '内容超过 {max} 的上限', 'The content is larger than {max}'),
  // capacity and placement
  noHostFits: kind(409, '没有可用节点：{reason}', 'No host can take it: {reason}'),
  hostsConnecting: kind(
    503,
    '正在连接节点 {hosts}，请稍后再试',
    'The region is still connecting to {hosts}; try again in a few seconds',
    true,
  ),
  capacityExceeded: kind(
    409,
    '{resource} 不足：需要 {needed}，可用 {available}（{where}）',
    'Not enough {resource}: {needed} needed, {available} available ({where})',
  ),
  addressTaken: kind(409, 'IP 地址 {address} 已被 {owner} 占用', 'The address {address} is used by {owner}'),
  addressOutOfRange: kind(
    400,
    'IP 地址 {address} 不在 {range} 的可分配范围内',
    'The address {address} cannot be assigned in {range}',
  ),
  addressesExhausted: kind(409, '网络 {network} 没有空闲地址', 'The network {network} has no free address'),
  macTaken: kind(409, 'MAC 地址 {mac} 已被 {owner} 使用', 'The MAC address {mac} is used by {owner}'),
  vlanTaken: kind(
    409,
    '上行 {uplink} 的 VLAN {vlan} 已被网络 {network} 使用',
    'VLAN {vlan} on {uplink} is used by the network {network}',
  ),
  inUse: kind(409, '{kind} 正在被 {users} 使用', 'The {kind} is in use by {users}'),
  diskTooSmall: kind(
    400,
    '系统盘至少需要 {needed}（镜像大小）',
    'The system disk must be at least {needed}, the size of the image',
  ),
  // images
  imageNotWhatItSays: kind(
    400,
    '文件内容是 {actual}，不是所声明的 {claimed}',
    'The file is {actual}, not {claimed} as it says',
  ),
  imageRefused: kind(400, '镜像被拒绝：{reason}', 'The image was refused: {reason}'),
  uploadOffset: kind(
    409,
    '续传位置不符：服务器已收到 {received} 字节',
    'The upload continues elsewhere: {received} bytes have been received',
    true,
  ),
  checksumMismatch: kind(400, '校验和不一致', 'The checksum differs'),
  // console
  consoleTicketInvalid: kind(403, '控制台票据无效或已过期', 'The console ticket is invalid or has expired'),
  // hosts
  enrolTokenInvalid: kind(403, '加入令牌无效、已使用或已过期', 'The join token is invalid, used or expired'),
  agentUnreachable: kind(503, '节点 {host} 无法连接', 'The host {host} cannot be reached', true),
  agentTimedOut: kind(
    504,
    '节点 {host} 未在 {seconds} 秒内应答，操作可能仍在进行',
    'The host {host} did not answer within {seconds} s; the operation may still be going on',
    true,
  ),
  agentRefused: kind(409, '节点 {host} 拒绝：{reason}', 'The host {host} refused: {reason}'),
  staleEpoch: kind(409, '指令已过期（{given} < {current}）', 'The command is out of date ({given} < {current})'),
  hostOperationFailed: kind(502, '节点 {host} 上的操作失败：{reason}', 'The operation failed on host {host}: {reason}'),
  imageHasWatchers: kind(
    409,
    '硬盘 {disk} 正被其他主机打开（{watchers}）',
    'The disk {disk} is open elsewhere ({watchers})',
    true,
  ),
  storageFailed: kind(502, '存储操作失败：{reason}', 'The storage operation failed: {reason}', true),
  storageTimedOut: kind(504, '存储未在 {seconds} 秒内应答', 'The storage did not answer within {seconds} s', true),
  networkFailed: kind(502, '网络控制器操作失败：{reason}', 'The network controller failed: {reason}', true),
  // platform
  regionUnreachable: kind(503, '地域 {region} 无法连接', 'The region {region} cannot be reached', true),
  notLeader: kind(503, '控制节点正在切换，请重试', 'The controller is changing over; try again', true),
  taskCancelled: kind(409, '任务已取消', 'The task was cancelled'),
  timedOut: kind(504, '操作超时', 'The operation timed out', true),
  unavailable: kind(503, '服务暂不可用，请稍后重试', 'The service is not available now; try again later', true),
  internal: kind(500, '内部错误，请将请求编号提供给管理员', 'Internal error; give the request id to the administrator'),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;
export const errorCode = z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]);
export type ErrorParams = Readonly<Record<string, string | number>>;

/** What leaves the process. `message` is the text in the caller's language; the console may render it anew from code and params. */
export const errorShape = z.object({
  code: errorCode,
  message: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  field: z.string().nullable(),
  retryable: z.boolean(),
  requestId: z.string().nullable(),
  /** Further findings at other fields; the first stands in the shape itself. */
  issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type ErrorShape = z.infer<typeof errorShape>;

export interface BasaltErrorOptions {
  /** Input field the error belongs to, as a path with dots: `nics.0.address`. */
  readonly field?: string | undefined;
  readonly cause?: unknown;
  /** For the log only. */
  readonly detail?: string | undefined;
  readonly issues?: { field: string; message: string }[] | undefined;
}

export class BasaltError extends Error {
  override readonly name = 'BasaltError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly field: string | null;
  readonly detail: string | null;
  readonly issues: { field: string; message: string }[] | undefined;

  constructor(code: ErrorCode, params: ErrorParams = {}, options: BasaltErrorOptions = {}) {
    super(fill(errorTable[code].text['en-US'], params), { cause: options.cause });
    this.code = code;
    this.params = params;
    this.field = options.field ?? null;
    this.detail = options.detail ?? null;
    this.issues = options.issues;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  text(locale: Locale): string {
    return errorText(this.code, this.params, locale);
  }

  shape(locale: Locale, requestId: string | null = null): ErrorShape {
    const { code, params, field, retryable, issues } = this;
    return {
      code,
      message: this.text(locale),
      params: { ...params },
      field,
      retryable,
      requestId,
      ...(issues ? { issues } : {}),
    };
  }

  static fromShape(shape: ErrorShape): BasaltError {
    return new BasaltError(shape.code, shape.params, { field: shape.field ?? undefined, issues: shape.issues });
  }
}

/**
 * The user's sentence. A parameter may itself be bilingual, made by {@link both}, where a finding is made far from its reader.
 */
export function errorText(code: ErrorCode, params: ErrorParams, locale: Locale): string {
  const localised = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? pick(value, locale) : value]),
  );
  return fill(errorTable[code].text[locale], localised);
}

/** Joins both languages of one phrase into a parameter for {@link errorText}. */
export const both = (zh: string, en: string): string => `${zh}\u001F${en}`;

function pick(value: string, locale: Locale): string {
  const [zh, en] = value.split('\u001F');
  return (locale === 'zh-CN' ? zh : (en ?? zh)) ?? value;
}
