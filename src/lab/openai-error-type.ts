/** OpenAI's word for a status, in both of its protocols. */

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
};

export const scriptedErrorType = (status: number): string => ERROR_TYPES[status] ?? 'server_error';
