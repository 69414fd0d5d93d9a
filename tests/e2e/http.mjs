// The few lines of HTTP that the stage's servers share.

import http from 'node:http';

/** A server on a free port of loopback; a handler that throws answers 500 and says so on stderr. */
export function listen(handler) {
  const server = http.createServer((request, response) => {
    handler(request, response).catch((error) => {
      console.error(`error: ${request.method} ${request.url}:`, error);
      if (!response.headersSent) sendJson(response, 500, { message: String(error) });
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

/** Asks `target` what was asked here; `{ status, headers, body }`. */
export function relay(target, request, body) {
  const { host, connection, 'content-length': length, 'transfer-encoding': coding, ...headers } = request.headers;
  if (body.length > 0) headers['content-length'] = body.length;
  return new Promise((resolve, reject) => {
    const outgoing = http.request(target + request.url, { method: request.method, headers }, (answer) => {
      readBody(answer).then((read) => resolve({ status: answer.statusCode, headers: answer.headers, body: read }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export async function readBody(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

const ofTheHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'];

export function send(response, status, headers, body) {
  for (const [name, value] of Object.entries(headers)) {
    if (!ofTheHop.includes(name.toLowerCase())) response.setHeader(name, value);
  }
  response.writeHead(status);
  response.end(body);
}

export function sendJson(response, status, value, headers = {}) {
  send(response, status, { 'content-type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(value));
}
