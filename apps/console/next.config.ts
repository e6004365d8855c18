import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const root = fileURLToPath(new URL('../..', import.meta.url));

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  transpilePackages: ['@basalt/ui', '@basalt/contract', '@basalt/rpc'],
  poweredByHeader: false,
  // The gateway compresses and sets the security headers; doing either twice costs CPU and leads to two policies.
  compress: false,
  reactStrictMode: true,
  // The page may be opened as localhost or by address while developing; without this it never hydrates.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
};

export default createNextIntlPlugin('./src/i18n/request.ts')(config);
