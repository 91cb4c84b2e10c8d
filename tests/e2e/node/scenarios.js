// What fhir-kit-client does against a data store: node scenarios.js BASE SCENARIO; it throws where
// the answer is another than the client's user would expect.
'use strict';

const assert = require('node:assert/strict');
const Client = require('fhir-kit-client');

const [, , baseUrl, scenario] = process.argv;
const client = new Client({ baseUrl });

async function refused(promise, status) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.response.status, status);
    assert.equal(error.response.data.resourceType, 'OperationOutcome');
    return true;
  });
}

const patient = (family, more = {}) => ({ resourceType: 'Patient', name: [{ family }], ...more });
const versionOf = (resource) => Client.httpFor(resource).response.headers.get('etag');

const scenarios = {
  async crud() {
    const made = await client.create({ resourceType: 'Patient', body: patient('Smit') });
    assert.equal(made.meta.versionId, '1');
    assert.equal(Client.httpFor(made).response.status, 201);
    assert.equal(versionOf(made), 'W/"1"');
    const { id } = made;
    assert.deepEqual(await client.read({ resourceType: 'Patient', id }), made);
    const updated = await client.update({ resourceType: 'Patient', id, body: { ...made, active: true } });
    assert.equal(updated.meta.versionId, '2');
    const first = await client.vread({ resourceType: 'Patient', id, version: '1' });
    assert.deepEqual(first, made);
    const own = await client.update({ resourceType: 'Patient', id: 'own', body: patient('Own', { id: 'own' }) });
    assert.equal(Client.httpFor(own).response.status, 201);
    await client.delete({ resourceType: 'Patient', id });
    await refused(client.read({ resourceType: 'Patient', id }), 410);
    await refused(client.read({ resourceType: 'Patient', id: 'nobody' }), 404);
    await refused(client.create({ resourceType: 'Patient', body: { resourceType: 'Patient', gender: 'x' } }), 400);
  },

  async search() {
    for (let n = 0; n < 5; n += 1) {
      await client.update({ resourceType: 'Patient', id: `p${n}`, body: patient('Smit', { id: `p${n}` }) });
    }
    let page = await client.search({ resourceType: 'Patient', searchParams: { family: 'smit', _count: 2 } });
    const found = [];
    while (page) {
      found.push(...(page.entry || []).map((entry) => entry.resource.id));
      page = await client.nextPage({ bundle: page });
    }
    assert.deepEqual(found.sort(), ['p0', 'p1', 'p2', 'p3', 'p4']);
    const none = await client.search({ resourceType: 'Patient', searchParams: { family: 'nobody' } });
    assert.equal(none.type, 'searchset');
    await refused(client.search({ resourceType: 'Patient', searchParams: { shoesize: 44 } }), 400);
  },

  async bundles() {
    const urn = 'urn:uuid:6ddf0b0c-6a0a-4a8f-9c7f-0f3c3f2b1a01';
    const body = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'c' }, subject: { reference: urn } },
          request: { method: 'PUT', url: 'Observation/o' },
        },
        { fullUrl: urn, resource: patient('Smit'), request: { method: 'POST', url: 'Patient' } },
      ],
    };
    const done = await client.transaction({ body });
    assert.equal(done.type, 'transaction-response');
    assert.deepEqual(done.entry.map((entry) => entry.response.status), ['201', '201']);
    const observation = await client.read({ resourceType: 'Observation', id: 'o' });
    const subject = await client.resolve({ reference: observation.subject.reference });
    assert.equal(subject.name[0].family, 'Smit');
    const batch = await client.batch({
      body: {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [{ request: { method: 'GET', url: 'Observation/o' } }, { request: { method: 'GET', url: 'Observation/x' } }],
      },
    });
    assert.deepEqual(batch.entry.map((entry) => entry.response.status), ['200', '404']);
    body.entry[1].resource.gender = 'x';
    await refused(client.transaction({ body }), 400);
  },

  async history() {
    for (const active of [true, false]) {
      await client.update({ resourceType: 'Patient', id: 'h', body: patient('Smit', { id: 'h', active }) });
    }
    await client.delete({ resourceType: 'Patient', id: 'h' });
    const methods = (bundle) => bundle.entry.map((entry) => entry.request.method);
    const instance = await client.history({ resourceType: 'Patient', id: 'h' });
    assert.deepEqual(methods(instance), ['DELETE', 'PUT', 'PUT']);
    assert.equal(instance.entry[1].resource.active, false);
    assert.deepEqual(methods(await client.history({ resourceType: 'Patient' })), ['DELETE', 'PUT', 'PUT']);
    assert.deepEqual(methods(await client.history()), ['DELETE', 'PUT', 'PUT']);
  },

  async patch() {
    await client.update({ resourceType: 'Patient', id: 'a', body: patient('Smit', { id: 'a', gender: 'male' }) });
    const JSONPatch = [{ op: 'replace', path: '/gender', value: 'female' }, { op: 'add', path: '/name/0/given', value: ['An'] }];
    const patched = await client.patch({ resourceType: 'Patient', id: 'a', JSONPatch });
    assert.equal(patched.gender, 'female');
    assert.deepEqual(patched.name[0].given, ['An']);
    assert.equal(versionOf(patched), 'W/"2"');
    await refused(client.patch({ resourceType: 'Patient', id: 'a', JSONPatch: [{ op: 'remove', path: '/birthDate' }] }), 422);
  },

  async conditional() {
    const identifier = [{ system: 'urn:s', value: '1' }];
    const body = patient('Smit', { identifier });
    const once = { 'If-None-Exist': 'identifier=urn:s|1' };
    const first = await client.create({ resourceType: 'Patient', body, headers: once });
    const again = await client.create({ resourceType: 'Patient', body, headers: once });
    assert.equal(Client.httpFor(again).response.status, 200);
    assert.equal(again.id, first.id);
    const updated = await client.update({
      resourceType: 'Patient', body: { ...body, active: true }, searchParams: { identifier: 'urn:s|1' },
    });
    assert.equal(updated.id, first.id);
    assert.equal(updated.meta.versionId, '2');
    const { id } = first;
    const stale = { 'If-Match': 'W/"1"' };
    await refused(client.update({ resourceType: 'Patient', id, body: { ...body, id }, headers: stale }), 412);
    await client.delete({ resourceType: 'Patient', id, headers: { 'If-Match': 'W/"2"' } });
    await refused(client.read({ resourceType: 'Patient', id }), 410);
  },

  async capabilities() {
    const statement = await client.capabilityStatement();
    assert.match(statement.fhirVersion, /^4\.0/);
  },
};

scenarios[scenario]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
