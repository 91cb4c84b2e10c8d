// The whole server in this process: a free port, folders of its own, a clock that a test moves.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "healthlake/app/app.hpp"
#include "support/fake_clock.hpp"
#include "support/raw_connection.hpp"
#include "support/sequential_ids.hpp"
#include "support/temporary_folder.hpp"

namespace healthlake::support {

using Json = nlohmann::ordered_json;

class RunningApp {
 public:
  explicit RunningApp(config::Config config = {}) : config_(std::move(config)) {
    config_.port = 0;
    config_.data_dir = folder_ / "data";
    config_.s3_root = folder_ / "s3";
    Start();
  }

  void Start() {
    app_ = std::make_unique<app::App>(config_, clock, ids_);
    app_->Start();
  }
  // Stops as SIGTERM does, and starts again on the same folders.
  void Restart() {
    app_->Stop();
    app_.reset();
    Start();
  }

  RawAnswer Send(std::string_view method, const std::string& target, std::string_view body = {},
                 const std::string& headers = {}) const {
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: local\r\n").append(headers);
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    request.append(body);
    RawConnection connection(app_->port());
    connection.Send(request);
    return connection.ReadAnswer(method == "HEAD");
  }

  // Bytes as they are.
  RawAnswer SendRaw(std::string_view request) const {
    return RawConnection(app_->port()).Exchange(request);
  }

  RawAnswer Aws(const std::string& operation, std::string_view body,
                const std::string& headers = {}) const {
    return Send("POST", "/", body, "X-Amz-Target: HealthLake." + operation + "\r\n" + headers);
  }
  // An operation that must succeed.
  Json AwsOk(const std::string& operation, const Json& input) const {
    const RawAnswer answer = Aws(operation, input.dump());
    if (answer.status != 200) throw std::runtime_error(operation + ": " + answer.body);
    return Json::parse(answer.body);
  }

  // An ACTIVE data store's id.
  std::string CreateStore() const {
    const std::string id = AwsOk("CreateFHIRDatastore", {{"DatastoreTypeVersion", "R4"}})
                               .at("DatastoreId")
                               .get<std::string>();
    AwsOk("DescribeFHIRDatastore", {{"DatastoreId", id}});
    return id;
  }

  RawAnswer Fhir(std::string_view method, const std::string& store, const std::string& path,
                 std::string_view body = {}) const {
    return Send(method, "/datastore/" + store + "/r4" + path, body,
                body.empty() ? "" : "Content-Type: application/fhir+json\r\n");
  }
  std::uint64_t Total(const std::string& store, const std::string& query) const {
    const RawAnswer answer =
        Fhir("GET", store,
             "/" + query + (query.find('?') == std::string::npos ? "?" : "&") + "_total=accurate");
    if (answer.status != 200) throw std::runtime_error(query + ": " + answer.body);
    return Json::parse(answer.body).at("total").get<std::uint64_t>();
  }

  // Writes the object s3://bucket/<key>.
  void PutObject(const std::string& key, std::string_view text) const {
    const std::filesystem::path path = folder_ / "s3" / "bucket" / key;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

  // Starts a job over s3://bucket/in/ and returns its properties once it has ended.
  Json Import(const std::string& store) const {
    const Json started =
        AwsOk("StartFHIRImportJob",
              {{"DatastoreId", store},
               {"InputDataConfig", {{"S3Uri", "s3://bucket/in/"}}},
               {"JobOutputDataConfig",
                {{"S3Configuration", {{"S3Uri", "s3://bucket/out"}, {"KmsKeyId", "key"}}}}},
               {"DataAccessRoleArn", "arn:aws:iam::000000000000:role/any"}});
    return Ended("DescribeFHIRImportJob", "ImportJobProperties", store,
                 started.at("JobId").get<std::string>());
  }
  Json Ended(const std::string& operation, const std::string& member, const std::string& store,
             const std::string& job) const {
    for (;;) {
      Json properties = AwsOk(operation, {{"DatastoreId", store}, {"JobId", job}}).at(member);
      if (properties.contains("EndTime")) return properties;
    }
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

  FakeClock clock;

 private:
  support::TemporaryFolder folder_;
  config::Config config_;
  SequentialIds ids_;
  std::unique_ptr<app::App> app_;
};

}  // namespace healthlake::support
