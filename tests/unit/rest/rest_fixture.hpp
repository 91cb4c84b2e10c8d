// The FHIR plane over a real data store, without a network.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/fhir/error_outcome.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/fhir/profiles.hpp"
#include "healthlake/rest/service.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/data_directory.hpp"
#include "support/fake_clock.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::rest {

inline constexpr std::string_view kStore = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view kBase =
    "http://local:3447/datastore/0123456789abcdef0123456789abcdef/r4";

struct Exchange {
  http::Method method = http::Method::kGet;
  std::string target;  // behind /datastore/{id}; or absolute from '/datastore/'
  std::string body;
  std::vector<http::Header> headers;
};

class RestTest : public ::testing::Test {
 protected:
  RestTest()
      : directory_(store::DataDirectory::Open(folder_ / "data")),
        registry_(datastore::MakeRegistry(
            directory_, budget_, clock_, ids_,
            [this](const store::DatastoreId& id) { return active_.contains(id.text()); },
            {.profiles = &fhir::ProfileSet::Base(),
             .maintenance = datastore::RegistryOptions::Maintenance::kOff})) {
    AddStore(kStore);
    UseRules(fhir::SearchRules::kHealthLake);
  }

  void AddStore(std::string_view id) {
    active_.insert(std::string(id));
    registry_->Create(store::DatastoreId(std::string(id)));
  }

  void UseRules(fhir::SearchRules rules) {
    service_ = std::make_unique<Service>(ServiceOptions{.rules = rules,
                                                        .page_size = 100,
                                                        .version = "1.2.3",
                                                        .profiles = &fhir::ProfileSet::Base()},
                                         *registry_, clock_);
  }

  static http::Request RequestOf(const Exchange& exchange) {
    http::Request request;
    request.method = exchange.method;
    request.method_text = http::NameOf(exchange.method);
    request.target = exchange.target.starts_with("/datastore/")
                         ? exchange.target
                         : "/datastore/" + std::string(kStore) + exchange.target;
    const std::size_t mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    if (mark != std::string::npos) request.query = request.target.substr(mark + 1);
    for (const http::Header& header : exchange.headers) {
      request.headers.Add(header.name, header.value);
    }
    request.body = exchange.body;
    return request;
  }

  // Errors are spelled as at the server's edge.
  http::Response Send(const Exchange& exchange) {
    http::Request request = RequestOf(exchange);
    try {
      return std::get<http::Response>(service_->Handle(request, "http://local:3447", {}));
    } catch (const core::Error& error) {
      const fhir::ErrorOutcome& row = fhir::OutcomeOf(error.kind());
      http::Response response;
      response.status = row.status;
      response.body = error.issues().empty()
                          ? fhir::OutcomeJson(core::Severity::kError, row.code, error.what())
                          : fhir::OutcomeJson(error.issues());
      return response;
    }
  }
  http::Response Get(const std::string& target, std::vector<http::Header> headers = {}) {
    return Send({http::Method::kGet, target, "", std::move(headers)});
  }
  http::Response Put(const std::string& target, const std::string& body,
                     std::vector<http::Header> headers = {}) {
    return Send({http::Method::kPut, target, body, std::move(headers)});
  }
  http::Response Post(const std::string& target, const std::string& body,
                      std::vector<http::Header> headers = {}) {
    return Send({http::Method::kPost, target, body, std::move(headers)});
  }
  http::Response Remove(const std::string& target, std::vector<http::Header> headers = {}) {
    return Send({http::Method::kDelete, target, "", std::move(headers)});
  }

  static std::string Patient(const std::string& id, const std::string& family = "Doe") {
    return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":")" + family +
           R"("}]})";
  }
  static std::string HeaderOf(const http::Response& response, std::string_view name) {
    return std::string(response.headers.Find(name).value_or("(none)"));
  }

  support::TemporaryFolder folder_;
  support::FakeClock clock_;
  support::SequentialIds ids_;
  store::ConnectionBudget budget_;
  std::set<std::string> active_;
  store::DataDirectory directory_;
  std::unique_ptr<datastore::Registry> registry_;
  std::unique_ptr<Service> service_;
};

}  // namespace healthlake::rest
