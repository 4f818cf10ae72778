var e=2e3;function t(t){let r=[],i=0,a=!1;for(;t.length-i>e;){let o=t.lastIndexOf(`
`,i+e),s=o>=i,c=s?o:n(t,i+e);r.push({text:t.slice(i,c),goesOn:a}),i=s?c+1:c,a=!s}return r.push({text:t.slice(i),goesOn:a}),r}function n(e,t){let n=e.charCodeAt(t-1);return n>=55296&&n<=56319?t-1:t}function r(e,t,r){if(e.length<=r*1.5&&a(e,t*1.5)<=t*1.5)return{text:e,cut:!1};let i=-1;for(let n=0;n<t&&(i=e.indexOf(`
`,i+1),!(i<0||i>r));n++);return(i<0||i>r)&&(i=n(e,Math.min(r,e.length))),{text:e.slice(0,i),cut:i<e.length}}function i(e,t,n){let r=e.length;for(let n=0;n<t&&r>0;n++)r=e.lastIndexOf(`
`,r-1);return r=Math.max(r+1,e.length-n),r<=1?{text:e,cut:!1}:(/[\udc00-\udfff]/.test(e.charAt(r))&&r++,{text:e.slice(r),cut:!0})}function a(e,t=1/0){let n=1;for(let r=e.indexOf(`
`);r>=0&&n<=t;r=e.indexOf(`
`,r+1))n++;return n}export{i as a,r as i,t as n,a as r,n as t};