import { ConfigurationError, type Problem } from "../../errors.ts";
import type { Environment } from "../../settings/environment.ts";
import { isSecureAddress } from "../http/secure-address.ts";

/** The repository whose pull requests are told, and the token that does it. */
export interface GitHubSettings {
  /** `https://api.github.com`, without a slash at its end. */
  apiUrl: string;
  /** `owner/name`. */
  repository: string;
  /** Of a workflow (`permissions: pull-requests: write`), of a GitHub App, or a person's. */
  token: string;
}

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

/** Reads what GitHub sets in each step (GITHUB_API_URL, GITHUB_REPOSITORY) and the token. Throws `ConfigurationError` with all that is wrong. */
export function gitHubSettings(env: Environment): GitHubSettings {
  const problems: Problem[] = [];
  const apiUrl = (env.GITHUB_API_URL?.trim() || "https://api.github.com").replace(/\/+$/, "");
  const repository = env.GITHUB_REPOSITORY?.trim() ?? "";
  const token = env.GITHUB_TOKEN?.trim() ?? "";
  if (!isSecureAddress(apiUrl))
    problems.push({
      where: "GITHUB_API_URL",
      what: "expected an address like https://api.github.com: a token is sent there",
    });
  if (!REPOSITORY.test(repository) || repository.split("/").some((part) => /^\.+$/.test(part)))
    problems.push({ where: "GITHUB_REPOSITORY", what: "expected the repository of the pull request, OWNER/NAME" });
  if (!/^\S{8,}$/.test(token))
    problems.push({
      where: "GITHUB_TOKEN",
      what: "not set: expected the workflow's token with permissions: pull-requests: write, or another token that can write comments",
    });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { apiUrl, repository, token };
}
