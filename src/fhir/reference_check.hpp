// What a Reference may say (references.html).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/bundle_entries.hpp"
#include "fhir/contained_resources.hpp"
#include "fhir/issue_log.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// Whether a URI begins with a scheme (RFC 3986, 3.1), that is, is absolute.
bool HasScheme(std::string_view uri);

// Reports what is wrong with the Reference at hand: the form of its literal, the type that it
// refers to against those that its element allows, and its `type`.
void CheckReference(const json::Value& reference, const r4::MemberRow& member,
                    ContainedResources& contained, BundleEntries& entries, IssueLog& log);

}  // namespace healthlake::fhir
