import type { LinkRenderer } from '@basalt/ui';
import Link from 'next/link';

/** How packages/ui draws links in this app. */
export const link: LinkRenderer = ({ key, href, className, current, children }) => (
  <Link key={key} href={href} className={className} aria-current={current ? 'page' : undefined} prefetch={false}>
    {children}
  </Link>
);
