import { describe, expect, it } from 'vitest';
import { hostOf, literalOf, urlTold } from './url.ts';

describe('a webhook’s address', () => {
  it('[API-03] is told without the values of its query', () => {
    expect(urlTold('https://receiver.test:8443/a/b?token=s3cret&x=1&token=2')).toBe(
      'https://receiver.test:8443/a/b?token=…&x=…',
    );
    expect(urlTold('http://receiver.test/')).toBe('http://receiver.test/');
    expect(urlTold('http://receiver.test/?s3cr%20t')).toBe('http://receiver.test/?s3cr%20t=…');
  });

  it('[API-03] that is an address and no name is found however it is written', () => {
    for (const host of ['127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '127.0.0.1.', '①②⑦.0.0.1'])
      expect(literalOf(`http://${host}/`), host).toBe('127.0.0.1');
    expect(literalOf('http://[::1]:8080/')).toBe('::1');
    expect(literalOf('http://[::ffff:10.0.0.1]/')).toBe('::ffff:a00:1');
    expect(literalOf('https://receiver.test/')).toBeNull();
    expect(hostOf('https://Receiver.TEST.:8443/')).toBe('receiver.test');
  });
});
