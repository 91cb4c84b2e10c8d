// AWS Signature Version 4: so far, whose request it claims to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "healthlake/core/arn.hpp"

namespace healthlake::aws {

// <access key id>/<yyyymmdd>/<region>/<service>/aws4_request
struct CredentialScope {
  std::string access_key_id;
  std::string date;
  std::string region;
  std::string service;
};

// From an Authorization header ("AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…").
// nullopt for anything else. Nothing is verified.
std::optional<CredentialScope> FindScopeInHeader(std::string_view authorization);
// From the X-Amz-Credential parameter of a pre-signed query (still percent-encoded).
std::optional<CredentialScope> FindScopeInQuery(std::string_view query);

// The owner that the request claims: the region of its scope (default us-east-1), and the account
// of a 12-digit access key id (default 000000000000; DESIGN 1). Never fails: what is no region name
// of lower-case letters, digits and dashes gives the default. The header goes before the query.
core::Owner OwnerOf(std::optional<std::string_view> authorization, std::string_view query);

}  // namespace healthlake::aws
