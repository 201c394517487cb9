// The client of npm, as it comes: asks what there is, reports, reads back. Address and key are given; the result is printed.
'use strict';
const Open311 = require('open311');

const [endpoint, apiKey, jurisdiction] = process.argv.slice(2);
const city = new Open311({ endpoint, apiKey, jurisdiction, discovery: `${endpoint}discovery.json`, format: 'json' });

function refused(error, told) {
  console.error(error, told);
  process.exit(1);
}

city.serviceDiscovery({ cache: true, type: 'test' }, (error, discovered) => {
  if (error) refused(error, discovered);
  city.serviceList((wrong, services) => {
    if (wrong) refused(wrong, services);
    const code = services[0].service_code;
    const report = { service_code: code, lat: 32.055, long: 118.605, description: '路边有一盏灯不亮' };
    city.serviceDefinition(code, (unknown, definition) => {
      if (unknown) refused(unknown, definition);
      city.submitRequest(report, (bad, made) => {
        if (bad) refused(bad, made);
        city.serviceRequest(made[0].service_request_id, (lost, read) => {
          if (lost) refused(lost, read);
          console.log(JSON.stringify({ endpoint: city.endpoint, services, definition, made, read }));
        });
      });
    });
  });
});
