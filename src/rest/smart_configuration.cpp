// GET [base]/.well-known/smart-configuration (SMART App Launch, discovery; reference 7.2): what the
// store was created with, in its own words.
#include <optional>
#include <string>

#include "healthlake/core/error.hpp"
#include "rest/interaction.hpp"

namespace healthlake::rest {

http::Response SmartConfiguration(const Interaction& interaction) {
  std::optional<std::string> metadata;
  if (interaction.options.find_smart_configuration) {
    metadata = interaction.options.find_smart_configuration(interaction.datastore_id);
  }
  if (!metadata) {
    throw core::Error(core::ErrorKind::kNotFound,
                      "The data store authorizes by AWS_AUTH; it has no SMART configuration.");
  }
  http::Response response;
  response.headers.Set("Content-Type", "application/json");
  response.body = *std::move(metadata);
  return response;
}

}  // namespace healthlake::rest
