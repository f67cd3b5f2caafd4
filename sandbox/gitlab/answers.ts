/** The shapes in which GitLab says no. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

/** `{"message":"404 Not Found"}` */
export function message(status: number, what: string): Response {
  return json(status, { message: `${status} ${what}` });
}

/** What Grape's parameter checks answer: all that is wrong in one sentence. */
export function parameterError(...problems: string[]): Response {
  return json(400, { error: problems.join(", ") });
}

/** What a model's validation answers. */
export function modelErrors(errors: readonly string[]): Response {
  return json(400, { message: { base: errors } });
}

/** A token that is good, but not for this. */
export function insufficientScope(scope: string): Response {
  return json(403, {
    error: "insufficient_scope",
    error_description: "The request requires higher privileges than provided by the access token.",
    scope,
  });
}

/** A wrong Bearer token is OAuth's business and answered in OAuth's words; a wrong PRIVATE-TOKEN is not. */
export function revokedToken(): Response {
  const error_description = "Token was revoked. You have to re-authorize from the user.";
  return json(401, { error: "invalid_token", error_description });
}

export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
