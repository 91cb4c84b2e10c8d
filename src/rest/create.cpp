// create: POST [base]/[type] (http.html#create). An id in the body is ignored.
#include "healthlake/core/error.hpp"
#include "rest/body.hpp"
#include "rest/interaction.hpp"
#include "rest/write_response.hpp"

namespace healthlake::rest {

http::Response Create(const Interaction& interaction) {
  if (interaction.request.headers.Find("If-None-Exist")) {
    // To ignore it would make the duplicates that it is there to prevent.
    throw core::Error(core::ErrorKind::kUnsupported, "Conditional create is not supported.");
  }
  const json::Document& body = LoadBody(interaction);
  return WriteResponse(interaction,
                       interaction.store.Create(interaction.type, body, interaction.cancel));
}

}  // namespace healthlake::rest
