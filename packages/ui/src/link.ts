/** How the app draws a link: packages/ui knows no router, so components that navigate get one of these. */
export interface LinkParts {
  key?: string;
  href: string;
  className?: string | undefined;
  /** The page that is open: becomes aria-current. */
  current?: boolean;
  children: React.ReactNode;
}
export type LinkRenderer = (parts: LinkParts) => React.ReactElement;
