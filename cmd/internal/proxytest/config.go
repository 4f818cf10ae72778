package proxytest

import "text/template"

// nginxConfig buffers responses, as nginx does by default.
var nginxConfig = template.Must(template.New("nginx").Parse(`
daemon off;
{{if .Root}}user root;{{end}}
pid {{.Dir}}/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path {{.Dir}}/body;
    proxy_temp_path {{.Dir}}/proxy;
    fastcgi_temp_path {{.Dir}}/fastcgi;
    uwsgi_temp_path {{.Dir}}/uwsgi;
    scgi_temp_path {{.Dir}}/scgi;
    map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
    server {
        listen {{.Config.Address}} ssl http2;
        ssl_certificate {{.Dir}}/cert.pem;
        ssl_certificate_key {{.Dir}}/key.pem;
        client_max_body_size 11m;
        location {{.Config.Path}}/ {
            proxy_pass http://{{.Config.Upstream}}{{if .Config.Strip}}/{{end}};
            proxy_http_version 1.1;
            proxy_set_header X-Forwarded-For {{or .Config.ClientIP "$remote_addr"}};
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_read_timeout {{.Millis}}ms;
        }
    }
}
`))

// caddyConfig needs no more than Caddy does by itself, except for what tests set.
var caddyConfig = template.Must(template.New("caddy").Parse(`
{
    admin off
    auto_https off
}
https://{{.Host}}:{{.Port}} {
    bind 127.0.0.1
    tls {{.Dir}}/cert.pem {{.Dir}}/key.pem
    encode gzip
    {{if .Config.Strip}}handle_path{{else}}handle{{end}} {{.Config.Path}}/* {
        reverse_proxy {{.Config.Upstream}} {
            {{with .Config.ClientIP}}header_up X-Forwarded-For {{.}}{{end}}
            transport http {
                read_timeout {{.Millis}}ms
            }
        }
    }
}
`))
