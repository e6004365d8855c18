'use client';
/** Puts antd's styles of the server's rendering into the page, with the request's nonce, so that nothing is drawn unstyled. */
import { createCache, extractStyle, StyleProvider } from '@ant-design/cssinjs';
import { useServerInsertedHTML } from 'next/navigation';
import { useState } from 'react';

export function StyleRegistry({ nonce, children }: { nonce: string | undefined; children: React.ReactNode }) {
  const [cache] = useState(() => createCache());
  useServerInsertedHTML(() => {
    const css = extractStyle(cache, { plain: true, once: true });
    // antd finds its styles again by this mark when the browser takes over.
    return css === '' ? null : <style data-antd-ssr="" nonce={nonce} dangerouslySetInnerHTML={{ __html: css }} />;
  });
  return <StyleProvider cache={cache}>{children}</StyleProvider>;
}
