/** Identifiers, all ASCII: what looks alike is alike, and every derived name is a name too. */

/** A DNS label of RFC 1123, as Kubernetes wants the names of namespaces. */
export const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A login of GitHub; those of managed users carry an underscore and a short code. */
export const githubLogin = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$/;

/** The name of a template's parameter. */
export const parameterName = /^[a-z][A-Za-z0-9]{0,39}$/;

/** What a DNS label is, for people. */
export const dnsLabelRule = 'use lower-case letters, digits and inner hyphens, at most 63';
