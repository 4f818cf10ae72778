var e=2e3;function t(t){let n=[],r=0,a=!1;for(;t.length-r>e;){let o=t.lastIndexOf(`
`,r+e),s=o>=r,c=s?o:i(t,r+e);n.push({text:t.slice(r,c),continues:a}),r=s?c+1:c,a=!s}return n.push({text:t.slice(r),continues:a}),n}function n(t,n){let i=[],a=Math.max(0,Math.floor((t.length-n)/e)),o=a===0?0:r(t,a);for(let e=a+1;o<t.length;e++){let n=Math.min(t.length,r(t,e));n>o&&i.push({text:t.slice(o,n),at:o}),o=Math.max(o,n)}return i}function r(t,n){let r=n*e;if(r>=t.length)return t.length;let a=t.slice(r,r+e-1).indexOf(`
`);return a>=0?r+a+1:i(t,r)}function i(e,t){let n=e.charCodeAt(t-1);return n>=55296&&n<=56319?t-1:t}function a(e,t,n){if(e.length<=n*1.5&&s(e,t*1.5)<=t*1.5)return{text:e,cut:!1};let r=-1;for(let i=0;i<t&&(r=e.indexOf(`
`,r+1),!(r<0||r>n));i++);return(r<0||r>n)&&(r=i(e,Math.min(n,e.length))),{text:e.slice(0,r),cut:r<e.length}}function o(e,t,n){let r=e.length;for(let n=0;n<t&&r>0;n++)r=e.lastIndexOf(`
`,r-1);return r=Math.max(r+1,e.length-n),r<=1?{text:e,cut:!1}:(/[\udc00-\udfff]/.test(e.charAt(r))&&r++,{text:e.slice(r),cut:!0})}function s(e,t=1/0){let n=1;for(let r=e.indexOf(`
`);r>=0&&n<=t;r=e.indexOf(`
`,r+1))n++;return n}export{a,s as i,e as n,n as o,t as r,o as s,i as t};