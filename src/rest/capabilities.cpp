// capabilities: GET [base]/metadata (http.html#capabilities; reference 4.13).
#include "rest/capability_statement.hpp"
#include "rest/headers.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

http::Response Capabilities(const Interaction& interaction) {
  http::Response response;
  response.headers.Set("Content-Type", kFhirJson);
  response.body = interaction.capabilities.For(interaction.base);
  return response;
}

}  // namespace healthlake::rest
